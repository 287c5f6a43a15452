function ask(key, id, text, done) {
  var xhr = new XMLHttpRequest();
  xhr.open('POST', 'https://api.openai.com/v1/workflows/runs');
  xhr.setRequestHeader('Content-Type', 'application/json');
  xhr.setRequestHeader('Authorization', 'Bearer ' + key);
  xhr.onload = function () {
    done(JSON.parse(xhr.responseText).output.message);
  };
  xhr.send(JSON.stringify({ workflow_id: id, input: { message: text } }));
}

window.ask = ask;
