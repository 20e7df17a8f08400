namespace Gateway.Live.Sessions;

/// <summary>How chunks are sent.</summary>
/// <param name="UrlTemplate">With <c>{index}</c>.</param>
/// <param name="Token">Goes into <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresAt">When the token dies; before that it gets a new one at <paramref name="RenewUrl"/>.</param>
/// <param name="RenewUrl">POST, with the token.</param>
/// <param name="MaxBytes">Largest chunk.</param>
/// <param name="LastIndex">Highest index.</param>
internal sealed record StreamUpload(string UrlTemplate, string Token, DateTimeOffset ExpiresAt, string RenewUrl, long MaxBytes, int LastIndex);
