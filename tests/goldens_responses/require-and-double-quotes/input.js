const OpenAI = require("openai");

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
const assistantId = "asst_abc123";

app.post("/chat", async (req, res) => {
    try {
        const { message } = req.body;
        const thread = await openai.beta.threads.create();
        console.log("Asking:", message);
        await openai.beta.threads.messages.create(thread.id, { role: "user", content: message.trim() });
        const run = await openai.beta.threads.runs.create(thread.id, { assistant_id: assistantId });

        let runStatus;
        let attempts = 0;
        const maxAttempts = 60;
        do {
            await sleep(1000);
            runStatus = await openai.beta.threads.runs.retrieve(thread.id, run.id);
            console.log(`Status: ${runStatus.status} (${attempts})`);
            attempts++;
            if (attempts >= maxAttempts) {
                throw new Error("Timed out");
            }
        } while (!["completed", "failed", "cancelled", "expired"].includes(runStatus.status));

        if (runStatus.status !== "completed") {
            return res.status(500).json({ error: `Run ${runStatus.status}` });
        }

        const messages = await openai.beta.threads.messages.list(thread.id);
        res.json({ reply: messages.data[0].content[0].text.value, usage: runStatus.usage.total_tokens });
    } catch (error) {
        res.status(500).json({ error: error.message });
    }
});
