import express from 'express';
import OpenAI from 'openai';

const app = express();
const openai = new OpenAI();
app.use(express.json());

app.post('/v1/workflows/runs', async (req, res) => {
  const response = await openai.responses.create({
    model: 'gpt-5',
    instructions: req.body.instructions,
    input: req.body.input.message,
  });
  res.json({ output: { message: response.output_text } });
});

app.listen(8080);
