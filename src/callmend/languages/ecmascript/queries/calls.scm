; Every call and every `new`, with what is called and what it is given.
(call_expression
  function: (_) @function
  arguments: (arguments) @arguments) @call

(new_expression
  constructor: (_) @function
  arguments: (arguments) @arguments) @call
