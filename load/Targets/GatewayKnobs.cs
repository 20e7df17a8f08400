namespace Gateway.Load.Targets;

/// <summary>What gateways that a run starts are told besides their origin.</summary>
internal static class GatewayKnobs
{
    /// <summary>
    /// All viewers of a run come from one address, so what a gateway allows an address must not be what is measured. Events are off because nobody reads them; a gateway
    /// stops quickly because a run waits for it.
    /// </summary>
    public static string[] For(string origin, IReadOnlyList<string> more) =>
    [
        $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}/", "--Gateway:Telemetry:Events=Off", "--Logging:LogLevel:Default=Error", .. more,
    ];
}
