namespace Gateway.Access;

/// <summary>Section <c>Gateway:Admin</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>What operators send as <c>X-Admin-Key</c>; empty: only direct callers from this machine are operators.</summary>
    public string ApiKey { get; set; } = "";
}
