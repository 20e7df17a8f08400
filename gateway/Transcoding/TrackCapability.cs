using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Transcoding;

/// <summary>
/// Opens tracks at a transcoder with a key: they lie below <c>/jit/~{capability}/</c> there, and the capability follows from the key (docs/transcoder.md). It is put into a path when that is asked for and
/// taken out of the answer's URL, so that no session, log, cache key or manifest has it. Nothing but tracks is opened by it; a folder with a capability of the operator's own is left as it is.
/// </summary>
internal sealed partial class TrackCapability
{
    private const string Folder = "/jit/";

    private readonly OriginFetch _origin;
    private readonly string _cluster;
    private readonly string _secret;

    public TrackCapability(TranscoderOptions options, OriginFetch origin)
    {
        _origin = origin;
        _cluster = options.Cluster;
        _secret = options.Key.Length == 0 ? "" : $"~{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Key), "media without a start"u8).AsSpan(0, 16))}/";
    }

    /// <summary>Where a file of a track lies for who has the key; any other address as it is.</summary>
    public MediaAddress Open(MediaAddress address) =>
        _secret.Length > 0 && string.Equals(address.Cluster, _cluster, StringComparison.Ordinal) && Track().IsMatch(address.Path)
            ? address with { Path = string.Concat(Folder, _secret, address.Path.AsSpan(Folder.Length)) }
            : address;

    /// <summary>Fetches what lies there.</summary>
    public async ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        var reply = await _origin.FetchAsync(request, cancellation);
        return _secret.Length > 0 && reply.FinalUrl.Contains(_secret, StringComparison.Ordinal) ? reply.At(reply.FinalUrl.Replace(_secret, "", StringComparison.Ordinal)) : reply;
    }

    // What TrackRequest makes of a track and its settings: a library would otherwise be cut anew for every length of chunk that somebody thinks of.
    [GeneratedRegex(@"^/jit/[^/~][^/]*/webm(-[a-z0-9_]{1,32}-[0-9.]{1,5})?/", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Track();
}
