using System.Net;
using Gateway.Connections;

namespace Local;

/// <summary>What the demo says when both programs run: where to go, and who gets in.</summary>
internal static class Greeting
{
    /// <param name="gateway">Where the gateway listens.</param>
    /// <param name="origin">URL of the transcoder.</param>
    /// <param name="listen">The address that was asked for.</param>
    /// <param name="settings">Of the gateway.</param>
    public static string Text(Uri gateway, string origin, IPAddress listen, IConfiguration settings)
    {
        var isForAll = IsForAll(listen);
        var here = isForAll ? $"http://127.0.0.1:{gateway.Port}" : gateway.GetLeftPart(UriPartial.Authority);
        var isLive = settings.GetValue<bool>("Gateway:Live:Enabled");
        return $"""

             Streaming gateway with an origin to play from

               Player page   {here}/
               HLS           {here}/play/demo/master.m3u8
               DASH          {here}/play/demo/manifest.mpd
               Live          {here}/play/demo-live/master.m3u8
               Low latency   {here}/play/demo-ll/master.m3u8
               Live ingest   {(isLive ? $"{here}/capture/ records a screen or a camera in the browser" : "off; --Gateway:Live:Enabled=true takes uploads, and /capture/ records in the browser")}
               Operation     {here}/admin/
               Metrics       {here}/metrics
               Other devices {OtherDevices(listen, isForAll, gateway.Port)}
               Origin        {origin}/ (transcoder-stub)

             {WhoMayPlay(listen, settings)}
             Ctrl-C stops both.
             Ready
             """;
    }

    /// <summary>Whether it stands for all addresses of this machine.</summary>
    public static bool IsForAll(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string OtherDevices(IPAddress listen, bool isForAll, int port)
    {
        if (IPAddress.IsLoopback(listen)) return "none; --listen 0.0.0.0 lets in the phone in the other room";
        if (!isForAll) return $"http://{new IPEndPoint(listen, port)}/";
        var addresses = ListenAddress.OfThisMachine();
        return addresses.Count > 0 ? string.Join("  ", addresses.Take(3).Select(a => $"http://{a}:{port}/")) : "this machine has no address in a network";
    }

    private static string WhoMayPlay(IPAddress listen, IConfiguration settings) =>
        string.Equals(settings["Gateway:Access:Mode"], "Token", StringComparison.OrdinalIgnoreCase)
            ? "Who shows a token may play."
            : IPAddress.IsLoopback(listen)
                ? "Whoever uses this machine may play, without a token: Gateway:Access:Mode is Open."
                : "EVERYBODY in this network may play, without a token: Gateway:Access:Mode is Open. /admin/ opens on this machine alone.";
}
