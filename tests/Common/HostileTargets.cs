namespace Gateway.Testing;

/// <summary>Genuine values for hostile requests, so that they pass the first checks. Replaced now and then.</summary>
internal sealed class HostileTargets
{
    /// <summary>An open session.</summary>
    public string SessionId { get; set; } = "";

    /// <summary>Its ticket.</summary>
    public string Ticket { get; set; } = "";

    /// <summary>A JWT that is accepted.</summary>
    public string Token { get; set; } = "";

    public string AdminKey { get; set; } = "";
}
