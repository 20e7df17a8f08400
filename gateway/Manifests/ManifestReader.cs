using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// Understands what upstream sent, once per version: decodes it, tells HLS from DASH by its first characters (a declared type may lie, a
/// first line cannot), builds the timelines, and limits how long it is kept.
/// </summary>
internal sealed class ManifestReader(ManifestsOptions options)
{
    private readonly StorageRules _rules = new() { DefaultLifetime = options.DefaultLifetime, MaxBytes = options.MaxBytes };

    /// <summary>How upstream's manifests are kept: by upstream's word, else shortly; live ones shorter, see <see cref="UpstreamManifest.Lifetime"/>.</summary>
    public StorageRules Rules => _rules;

    /// <summary>The manifest of an opened reply; null with the reason when it is none.</summary>
    public async ValueTask<(UpstreamManifest? Manifest, ManifestOutcome Refusal)> ReadAsync(
        CellarReply reply, MediaAddress address, CancellationToken leaving)
    {
        if (reply.Derived is UpstreamManifest known) return (known, default);
        byte[]? body;
        try
        {
            body = await BodyDecoding.ReadAsync(reply, options.MaxBytes, leaving);
        }
        catch (BrokenBodyException)
        {
            return (null, ManifestOutcome.Truncated);
        }
        catch (InvalidDataException)
        {
            return (null, ManifestOutcome.Invalid);
        }

        if (body is null) return (null, ManifestOutcome.TooLarge);
        var manifest = Understand(body, reply.FinalUrl, address);
        if (manifest.Lifetime is { } lifetime) reply.LimitFreshness(lifetime);
        reply.TryKeepDerived(manifest, manifest.Bytes);
        return (manifest, default);
    }

    private static UpstreamManifest Understand(byte[] body, string finalUrl, MediaAddress address)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, digest);
        var protocol = IsXml(body) ? StreamingProtocol.Dash : StreamingProtocol.Hls;
        return new UpstreamManifest
        {
            Body = body,
            Protocol = protocol,
            Version = BinaryPrimitives.ReadUInt128BigEndian(digest),
            Bytes = body.Length,
        };
    }

    /// <summary>A playlist begins with a number sign, an XML document with an angle bracket, in whatever encoding.</summary>
    private static bool IsXml(ReadOnlySpan<byte> body)
    {
        var text = body.TrimStart("\uFEFF \t\r\n\0"u8);
        return text is [(byte)'<', ..] || body.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || body.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
    }
}
