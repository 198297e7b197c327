export interface GraphqlAnswer<T = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the test expects it to be; an assertion on it fails where it is not. */
  readonly data: T;
  readonly errors: readonly GraphqlAnswerError[];
}

export interface GraphqlAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** One POST as a front end would send it. */
export async function post<T = Readonly<Record<string, unknown>>>(
  url: string,
  token: string | undefined,
  query: string,
  variables: object = {},
): Promise<GraphqlAnswer<T>> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return readAnswer(response);
}

async function readAnswer<T = Readonly<Record<string, unknown>>>(response: Response): Promise<GraphqlAnswer<T>> {
  const text = await response.text();
  const { data, errors = [] } = text.startsWith("{") ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, data, errors };
}
