import os
from datetime import time
from gettext import gettext as _

import requests

run_id = 7


def ask(question, thread_id="mine", status_data=None):
    answer = _("none")
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    run = r.json()
    print(answer, thread_id, status_data, run_id, time.min)
    return "-".join([run["output"]["message"]])
