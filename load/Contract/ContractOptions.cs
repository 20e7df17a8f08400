namespace Gateway.Load.Contract;

/// <summary>What the contract is checked on.</summary>
/// <param name="Target">Base URL where players come.</param>
/// <param name="Title">A title that is there in <see cref="Formats"/>.</param>
internal sealed record ContractOptions(Uri Target, string Title)
{
    /// <summary>Bearer token that opens the title; null for a system that lets everybody in.</summary>
    public string? Token { get; init; }

    /// <summary><c>X-Admin-Key</c>; null leaves the operators' side out.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Where <c>/admin</c> and <c>/metrics</c> are.</summary>
    public required Uri AdminAddress { get; init; }

    /// <summary><c>hls</c>, <c>dash</c>, or both.</summary>
    public IReadOnlyList<string> Formats { get; init; } = ["hls", "dash"];

    /// <summary>The web origin of the pages that play.</summary>
    public string PageOrigin { get; init; } = "https://player.example";

    /// <summary>How long each reply may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
