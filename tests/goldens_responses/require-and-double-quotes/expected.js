const OpenAI = require("openai");

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

app.post("/chat", async (req, res) => {
    try {
        const { message } = req.body;
        console.log("Asking:", message);
        const response = await openai.responses.create({
            model: "gpt-6-luna",
            input: message.trim()
        });

        if (response.status !== "completed") {
            return res.status(500).json({ error: `Run ${response.status}` });
        }

        if (!response.output_text) {
            throw new Error("OpenAI response has no text");
        }
        res.json({ reply: response.output_text, usage: response.usage.total_tokens });
    } catch (error) {
        res.status(500).json({ error: error.message });
    }
});
