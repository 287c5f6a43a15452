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
			"input": messages
		})
	})
	if (!r.ok) {
		return res.status(r.status).json({ error: await r.text() })
	}
	const data = await r.json()
	const reply = responseText(data, "")
	if (!reply) {
		return res.status(502).json({ error: "no text" })
	}
	res.status(200).json({ reply })
}

// The text of a response: of its messages, or of the final one where phases are marked.
// What is no answer is thrown, and so is an empty one unless `ifEmpty` stands in for it.
function responseText(answered, ifEmpty) {
	const { status, error, incomplete_details: details, output } = (answered ?? {})
	if (status !== "completed") {
		const reason = error?.message || details?.reason
		throw new Error(`Response ${status || 'refused'}: ${reason || 'no reason given'}`)
	}
	let allText = ""
	let finalText = ""
	for (const item of output || []) {
		for (const part of item.type === "message" ? item.content : []) {
			if (part.type === "refusal") {
				throw new Error(`The model refused: ${part.refusal}`)
			} else if (part.type === "output_text") {
				allText += part.text
				finalText += item.phase === "final_answer" ? part.text : ""
			}
		}
	}
	const found = finalText || allText
	if (!found && ifEmpty === undefined) {
		throw new Error("No response received from the model (no text)")
	}
	return found || (ifEmpty ?? "")
}
