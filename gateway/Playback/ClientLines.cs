using System.Net;
using Gateway.Access;
using Gateway.Adaptation;
using Gateway.Adaptation.Players;
using Gateway.Connections;

namespace Gateway.Playback;

/// <summary>What a request tells of the line to its client before anything is measured: whether a proxy stands in between, and which rendition its player gets by itself.</summary>
internal sealed class ClientLines(AccessOptions access, AdaptationOptions options)
{
    private readonly IPNetwork[] _proxies = [.. access.TrustedProxies.Select(p => TrustedProxies.TryParse(p, out var network) ? network : default).Where(n => n != default)];

    private readonly PlayerClass[] _auto = [.. options.AutoPlayerClasses()];

    /// <summary>How the connection of a request leads to its client. A peer in one of the trusted networks is a proxy; it says itself where it passes bodies on as its client takes them.</summary>
    public ClientPath PathOf(HttpContext context)
    {
        if (_proxies.Length == 0) return ClientPath.Direct;
        if (context.Features.Get<ClientConnection>() is not { Context.RemoteEndPoint: IPEndPoint { Address: var peer } }) return ClientPath.Direct;
        var plain = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        foreach (var network in _proxies)
        {
            if (network.Contains(plain)) return ProxiedLine.Of(context.Request.Headers[options.ClientNetworkHeader]).IsStreamed ? ClientPath.Streamed : ClientPath.Buffered;
        }

        return ClientPath.Direct;
    }

    /// <summary>Whether players of this class get the rendition <c>auto</c> without asking.</summary>
    public bool PlaysAuto(PlayerClass player) => player != PlayerClass.Unknown && Array.IndexOf(_auto, player) >= 0;
}
