using Gateway.Connections;

namespace Gateway;

/// <summary>
/// The switch <c>--listen</c>: an address of this machine, alone or with a port, instead of a URL. <c>0.0.0.0</c> and <c>::</c> are all of its addresses, so that other devices in the network get in.
/// </summary>
internal static class ListenSwitch
{
    public const string Key = "listen";

    private const string Url = "urls";

    /// <summary>Puts the URL in the place of the switch.</summary>
    /// <returns>The command line to go on with, or what is wrong with it.</returns>
    public static (string[] Args, string? Fault) Apply(string[] args)
    {
        var at = Array.FindIndex(args, arg => IsSwitch(arg, Key));
        if (at < 0) return (args, null);
        if (Array.Exists(args, arg => IsSwitch(arg, Url))) return (args, "--listen and --urls both say where to listen. Write one of them.");
        if (Array.FindLastIndex(args, arg => IsSwitch(arg, Key)) != at) return (args, "--listen stands there twice. For several addresses write --urls with semicolons.");
        var inWord = args[at].IndexOf('=', StringComparison.Ordinal);
        var value = inWord >= 0 ? args[at][(inWord + 1)..] : at + 1 < args.Length ? args[at + 1] : "";
        if (!ListenAddress.TryRead(value, ListenAddress.DefaultPort, out var address)) return (args, ListenAddress.Fault(value));
        return ([.. args[..at], $"--{Url}=http://{address}", .. args[(at + (inWord >= 0 ? 1 : 2))..]], null);
    }

    /// <summary>Whether the gateway ends TLS itself at one of its addresses.</summary>
    public static bool TakesTls(IConfiguration configuration) =>
        configuration[WebHostDefaults.HttpsPortsKey] is { Length: > 0 }
        || IsTls(configuration[WebHostDefaults.ServerUrlsKey])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(static endpoint => IsTls(endpoint["Url"]));

    private static bool IsTls(string? urls) => urls?.Contains($"{Uri.UriSchemeHttps}://", StringComparison.OrdinalIgnoreCase) is true;

    private static bool IsSwitch(string arg, string key)
    {
        var name = arg.TrimStart('-', '/');
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        return name.Length < arg.Length && (equals < 0 ? name : name[..equals]).Equals(key, StringComparison.OrdinalIgnoreCase);
    }
}
