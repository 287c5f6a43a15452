var myHeaders = new Headers();
myHeaders.append("Content-Type", "application/json");
myHeaders.append("Authorization", "Bearer " + process.env.OPENAI_API_KEY);

var raw = JSON.stringify({
  "workflow_id": process.env.OPENAI_WORKFLOW_ID,
  "input": {
    "message": process.argv[2]
  }
});

var requestOptions = {
  method: 'POST',
  headers: myHeaders,
  body: raw,
  redirect: 'follow'
};

fetch("https://api.openai.com/v1/workflows/runs", requestOptions)
  .then(response => response.json())
  .then(result => console.log(result.output_text))
  .catch(error => console.log('error', error));
