"""A client for recordings, which must not end at a busy reference."""

import httpx

# A connection that is used again may have been closed meanwhile.
ONE_CALL_EACH = httpx.Limits(max_keepalive_connections=0)


class Patient(httpx.HTTPTransport):
    """Repeats what is answered 503: two writers met in the reference's database."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            answer.read()
            answer = super().handle_request(request)
        return answer


def patient_client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, transport=Patient(limits=ONE_CALL_EACH), timeout=60)
