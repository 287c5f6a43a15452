import axios from "axios";

const api = axios.create({
  baseURL: "https://api.openai.com/v1",
  headers: { "Content-Type": "application/json" },
});

api.interceptors.request.use(
  (config) => {
    const key = process.env.OPENAI_API_KEY;
    if (key) {
      config.headers.Authorization = `Bearer ${key}`;
    }
    return config;
  },
  (error) => Promise.reject(error)
);

export const runWorkflow = (message) =>
  api
    .post("/workflows/runs", { workflow_id: process.env.WORKFLOW_ID, input: { message } })
    .then((res) => res.data.output_text)
    .catch((err) => {
      throw new Error(err.response?.data?.error?.message || "Could not run the workflow");
    });
