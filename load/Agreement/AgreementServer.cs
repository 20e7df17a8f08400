using System.Text;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Agreement;

/// <summary>The title in virtual time: the same manifests, and bodies of the same length.</summary>
internal sealed class AgreementServer : IVirtualServer
{
    public const string Root = "/title/";

    /// <summary>What Kestrel, two sockets and the browser's own network process take on loopback, from the recordings: first bytes come some 4 ms after the round trips.</summary>
    private static readonly TimeSpan s_think = TimeSpan.FromMilliseconds(4);

    private readonly Dictionary<string, byte[]> _manifests = new(StringComparer.Ordinal);

    public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
    {
        if (!request.Path.StartsWith(Root, StringComparison.Ordinal)) return VirtualReply.NotFound;
        var path = request.Path[Root.Length..];
        if (AgreementTitle.BytesOf(path) is { } bytes) return new VirtualReply { Status = 200, Length = bytes, Wait = s_think };
        if (!_manifests.TryGetValue(path, out var manifest))
        {
            if (AgreementTitle.ManifestOf(path) is not { } text) return VirtualReply.NotFound;
            _manifests.Add(path, manifest = Encoding.UTF8.GetBytes(text));
        }

        return new VirtualReply { Status = 200, Length = manifest.Length, Body = manifest, Wait = s_think };
    }
}
