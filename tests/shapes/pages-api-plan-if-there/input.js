export default async function handler(req, res) {
  const { city, days } = req.body;
  if (!city || !days) {
    return res.status(400).json({ error: "city and days are needed" });
  }

  try {
    const response = await fetch(
      `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
      {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ input: { city, days } }),
      },
    );
    if (!response.ok) {
      return res.status(502).json({ error: "the planner does not answer" });
    }

    const plan = await response.json();

    // the plan itself
    if (plan.title && plan.stops) {
      return res.status(200).json(plan);
    }
    // or wrapped
    if (plan.output) {
      return res.status(200).json({ plan: plan.output });
    }
    // or not there yet
    if (plan.run_id && plan.status === "in_progress") {
      return res.status(202).json({ error: "still planning", run: plan.run_id });
    }
    return res.status(200).json(plan);
  } catch (error) {
    return res.status(500).json({ error: error.message });
  }
}
