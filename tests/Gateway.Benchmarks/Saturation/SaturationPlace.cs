namespace Gateway.Benchmarks.Saturation;

/// <summary>Which cores the gateway has, and which the client.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Server">As taskset(1) takes them.</param>
/// <param name="Client">The same.</param>
internal sealed record SaturationPlace(string Name, string Server, string Client)
{
    public static readonly SaturationPlace Beside = new("gateway on one core, client on another", "0", "1");

    public static readonly SaturationPlace One = new("both on one core", "0", "0");

    public static readonly SaturationPlace Two = new("both on two cores", "0-1", "0-1");
}
