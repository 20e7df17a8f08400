namespace Gateway.Testing;

/// <summary>What is genuine in hostile requests: they come further with it. Replaced now and then.</summary>
internal sealed class HostileTargets
{
    /// <summary>A session that lives.</summary>
    public string SessionId { get; set; } = "";

    /// <summary>Its ticket.</summary>
    public string Ticket { get; set; } = "";

    /// <summary>A JWT that is accepted.</summary>
    public string Token { get; set; } = "";

    public string AdminKey { get; set; } = "";
}
