const OpenAI = require("openai");

const client = new OpenAI();

app.post("/ask", async (req, res) => {
  try {
    const completion = await client.responses.create({
      model: "gpt-6-luna",
      input: req.body.message,
    });
    const reply = completion.choices?.[0]?.message?.content?.trim() || "Sorry, no answer.";
    res.json({ reply });
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
});
