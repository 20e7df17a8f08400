using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Gateway.Connections;

/// <summary>Addresses of this machine at which a gateway listens, as people write them, and whom they let in.</summary>
internal static class ListenAddress
{
    public const int DefaultPort = 8080;

    /// <summary>Reads an address, alone or with a port: <c>0.0.0.0</c>, <c>192.168.1.20:8080</c>, <c>[::]:8080</c>, <c>localhost</c>.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="port">The port where none is written.</param>
    /// <param name="address">Address and port.</param>
    public static bool TryRead(string text, int port, out IPEndPoint address)
    {
        address = new IPEndPoint(IPAddress.Loopback, port);
        if (text.StartsWith("localhost", StringComparison.OrdinalIgnoreCase)) text = $"127.0.0.1{text["localhost".Length..]}";
        // The parser takes a port behind brackets, and forgets it.
        if (!text.Contains("]:", StringComparison.Ordinal) && IPAddress.TryParse(text, out var alone) && IsWritten(text, alone))
        {
            address = new IPEndPoint(alone, port);
            return true;
        }

        // With a port, an address of version 6 stands in brackets.
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var written)) return false;
        var host = text[..colon];
        if (host is ['[', .., ']']) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) return false;
        if (!IPAddress.TryParse(host, out var with) || !IsWritten(host, with)) return false;
        address = new IPEndPoint(with, written);
        return true;
    }

    public static string Fault(string text) =>
        $"--listen: '{text}' is no address of a machine. Write 0.0.0.0 for all of this machine's, or one of them, with or without a port: 192.168.1.20:{DefaultPort}.";

    /// <summary>Whether one of these URLs can be reached from other machines.</summary>
    /// <param name="urls">With semicolons between, as the host reads them.</param>
    public static bool IsBeyondThisMachine(string? urls) => (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(url =>
    {
        try
        {
            var host = BindingAddress.Parse(url).Host;
            return !host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        }
        catch (FormatException)
        {
            // The host refuses it with its own words.
            return false;
        }
    });

    /// <summary>Addresses under which other devices in the network find this machine: those of interfaces with a way out first.</summary>
    public static IReadOnlyList<IPAddress> OfThisMachine()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .Select(i => i.GetIPProperties())
                    .OrderByDescending(p => p.GatewayAddresses.Count)
                    .SelectMany(p => p.UnicastAddresses).Select(u => u.Address)
                    .Where(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    // "1" and "0x7f.1" are addresses to the parser, and slips of the pen here.
    private static bool IsWritten(string text, IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3;
}
