export default async function handler(req, res) {
	const messages = [{ "role": "system", "content": "You are a helpful assistant." }]
	if (req.body.context) {
		messages.push({ "role": "user", "content": req.body.context })
	}
	messages.push({ "role": "user", "content": req.body.message })

	const r = await fetch("https://api.openai.com/v1/responses", {
		method: "POST",
		headers: { "Content-Type": "application/json", "Authorization": "Bearer " + process.env.OPENAI_API_KEY },
		body: JSON.stringify({
			"model": "gpt-6-luna",
			"messages": messages
		})
	})
	if (!r.ok) {
		return res.status(r.status).json({ error: await r.text() })
	}
	const data = await r.json()
	const reply = data.choices?.[0]?.message?.content
	if (!reply) {
		return res.status(502).json({ error: "no text" })
	}
	res.status(200).json({ reply })
}
