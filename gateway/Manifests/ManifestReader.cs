using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>
/// Parses an upstream manifest, once per version: decodes it, tells HLS from DASH by its first characters (a declared type may lie, a
/// first line cannot), builds the timelines, and limits how long it is kept.
/// </summary>
internal sealed class ManifestReader(Upstreams upstreams, ManifestsOptions options, RewritingBudget budget, ManifestMetrics metrics, TimeProvider time)
{
    /// <summary>Six target durations for the answer to a blocking reload, half of one for any other (draft-pantos-hls-rfc8216bis, B.1).</summary>
    private const int BlockingLifetimes = 12;

    /// <summary>Longest URL of a manifest, of which each of its references inherits a part; servers take no longer ones.</summary>
    private const int MostUrl = 8 * 1024;

    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(5);

    /// <summary>A rung or rendition of a ladder with its strings, and about.</summary>
    private const int RungBytes = 512;

    private static readonly HeaderLine[] Confirmed = [new("Cache-Control", "no-cache")];

    private readonly SharedReadings _readings = new();
    private readonly StorageRules _rules = new() { DefaultLifetime = options.DefaultLifetime, MaxBytes = options.MaxBytes, ShareUnkept = true };
    private readonly StorageRules _blockingRules = new() { DefaultLifetime = TimeSpan.FromMinutes(1), MaxBytes = options.MaxBytes, ShareUnkept = true };

    /// <summary>
    /// The cache request for a manifest. Manifests are kept as upstream's Cache-Control says, else shortly; live ones shorter, see <see cref="UpstreamManifest.Lifetime"/>.
    /// The response to a blocking reload never changes again, so there only the lifetime found in the playlist bounds it.
    /// </summary>
    /// <param name="address">Where the manifest lies.</param>
    /// <param name="patience">For a blocking reload: how long upstream may hold it back.</param>
    /// <param name="title">Folder of the title that it belongs to, where that is known.</param>
    /// <param name="confirmed">Whether what is held has to be confirmed by upstream, however fresh it is.</param>
    /// <param name="start">Who asks, where the title may have to be made first.</param>
    public CacheRequest RequestFor(MediaAddress address, TimeSpan? patience = null, string? title = null, bool confirmed = false, StartConditions? start = null) => new()
    {
        Start = start,
        Fields = confirmed ? Confirmed : [],
        Address = address,
        Title = title,
        Purpose = FetchPurpose.Manifest,
        Rules = patience is null ? _rules : _blockingRules,
        Patience = patience,
        ReadsToTheEnd = true,
    };

    /// <summary>
    /// How long upstream may hold a blocking reload back: three target durations of the last version, after which the draft lets a server give
    /// up (§6.2.5.2), but never longer than <see cref="ManifestsOptions.BlockingWait"/> can be set to.
    /// </summary>
    public TimeSpan PatienceWith(MediaTimeline? last)
    {
        if (last is null || last.TargetDuration <= TimeSpan.Zero) return options.BlockingWait;
        var patience = last.TargetDuration * 3;
        return patience < MostPatience ? patience : MostPatience;
    }

    /// <summary>The manifest of an opened reply; null with the reason when it is none.</summary>
    /// <param name="reply">The cache's reply; a success.</param>
    /// <param name="address">Where it lies.</param>
    /// <param name="isBlocking">Whether it answers a blocking reload.</param>
    /// <param name="leaving">The client left.</param>
    public ValueTask<ManifestReading> ReadAsync(CacheReply reply, MediaAddress address, bool isBlocking, CancellationToken leaving) =>
        reply.Derived is UpstreamManifest known
            ? new ValueTask<ManifestReading>(new ManifestReading(known, default))
            : _readings.JoinAsync(reply.Head, () => ReadAloneAsync(reply, address, isBlocking, leaving), leaving);

    /// <summary>
    /// The timelines of a manifest for one session. They are the same for all, unless a media playlist takes variables from the multivariant
    /// playlist that the session came by.
    /// </summary>
    /// <param name="manifest">What was read.</param>
    /// <param name="variables">Those of the session's multivariant playlist.</param>
    /// <param name="finalUrl">Where the manifest came from.</param>
    /// <param name="cluster">Cluster that holds it.</param>
    public IReadOnlyList<MediaTimeline> TimelinesFor(
        UpstreamManifest manifest, FrozenDictionary<string, string> variables, string finalUrl, string cluster)
    {
        if (manifest is not HlsMediaPlaylist { Imports: true } playlist || variables.Count == 0 || !UrlReference.TryParse(finalUrl, out var url)) return manifest.Timelines;
        if (playlist.Imported is { } known && known.IsFor(variables)) return known.Timelines;
        var timeline = HlsTimeline.Read(manifest.Body, new ReferenceBase(upstreams.Current, cluster, url), new HlsVariables(variables, url.Query));
        var imported = new ImportedTimelines(variables, [timeline]);
        playlist.Imported = imported;
        return imported.Timelines;
    }

    /// <summary>
    /// Holds a manifest while a response is made of it. One that is kept beside its object lies in the cache's budget; any other in that of rewriting, for it may
    /// be as large, and nobody shares it. False when there is no memory for it.
    /// </summary>
    /// <param name="reply">Where it came from.</param>
    /// <param name="manifest">The manifest read from it.</param>
    /// <param name="held">To be given back to <see cref="RewritingBudget"/>.</param>
    public bool TryHold(CacheReply reply, UpstreamManifest manifest, out long held)
    {
        held = ReferenceEquals(reply.Derived, manifest) ? 0 : manifest.Bytes;
        return held == 0 || budget.TryTake(held, 0);
    }

    /// <summary>Ends what <see cref="TryHold"/> began; what the manifest gained meanwhile (cuts, compressed forms) goes into the cache's budget, or is given up.</summary>
    public void Release(CacheReply reply, UpstreamManifest manifest, long held)
    {
        if (held > 0) budget.Give(held);
        else if (manifest.TryTakeGrowth(out var bytes) && !reply.TryKeepDerived(manifest, bytes)) manifest.DropGains();
    }

    /// <summary>The timelines of a playlist as its viewer has it: what a delta update leaves out comes from the version that was handed out before.</summary>
    /// <param name="manifest">What was read.</param>
    /// <param name="before">The viewer's last timeline of the same playlist.</param>
    public IReadOnlyList<MediaTimeline> WholeTimelines(UpstreamManifest manifest, MediaTimeline? before)
    {
        if (manifest is not HlsMediaPlaylist { Imports: false, Timelines: [HlsTimeline { Skipped: > 0 } delta] } playlist) return manifest.Timelines;
        if (playlist.Spliced is { } known) return [known];
        if (HlsDelta.Restore(before, delta, options.MaxBytes) is not { } spliced) return manifest.Timelines;
        playlist.Spliced = spliced;
        return [spliced];
    }

    /// <summary>The MPD that results from a patch; null when it cannot be applied: it is for another version, or is no patch.</summary>
    /// <param name="patch">What was read.</param>
    /// <param name="to">The MPD that the viewer has.</param>
    public DashMpd? Apply(DashPart patch, PatchableManifest to)
    {
        if (patch.Patched is { } known && known.To == to.Version) return known.Manifest;
        if (!UrlReference.TryParse(to.Url, out var url) || MpdPatch.Apply(to.Document, patch.Body, options.MaxBytes) is not { } body) return null;
        if (UnderstandDash(body, url, to.Address.Cluster, UInt128.RotateLeft(to.Version, 1) ^ patch.Version) is not DashMpd patched) return null;
        patch.Patched = new PatchedManifest(to.Version, patched);
        return patched;
    }

    private async ValueTask<ManifestReading> ReadAloneAsync(CacheReply reply, MediaAddress address, bool isBlocking, CancellationToken leaving)
    {
        // Another caller may have finished between this caller's check and its turn.
        if (reply.Derived is UpstreamManifest known) return new ManifestReading(known, default);
        byte[]? body;
        try
        {
            body = await BodyDecoding.ReadAsync(reply, options.MaxBytes, budget, leaving);
        }
        catch (BrokenBodyException)
        {
            return new ManifestReading(null, ManifestOutcome.Truncated);
        }
        catch (InvalidDataException)
        {
            return new ManifestReading(null, ManifestOutcome.Invalid);
        }
        catch (ManifestRefusedException refused)
        {
            return new ManifestReading(null, refused.Outcome);
        }

        if (body is null) return new ManifestReading(null, ManifestOutcome.TooLarge);
        if (reply.FinalUrl.Length > MostUrl || !UrlReference.TryParse(reply.FinalUrl, out var url) || Understand(body, url, address, reply.Head["Content-Type"]) is not { } manifest)
            return new ManifestReading(null, ManifestOutcome.Invalid);
        metrics.Parsed(manifest.Protocol);
        if (manifest.Lifetime is { } lifetime) reply.LimitFreshness(isBlocking ? BlockingLifetimes * lifetime : lifetime);
        reply.TryKeepDerived(manifest, manifest.Bytes);
        return new ManifestReading(manifest, default);
    }

    private UpstreamManifest? Understand(byte[] body, Uri url, MediaAddress address, string? declared)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, digest);
        var version = BinaryPrimitives.ReadUInt128BigEndian(digest);
        var isPath = ManifestKinds.IsManifestPath(address.Path);
        var isManifest = isPath || ManifestKinds.IsManifestType(declared);
        if (IsXml(body) && (isManifest || DashRewriter.Recognises(body))) return UnderstandDash(body, url, address.Cluster, version);
        if (!IsJson(body) || isPath)
        {
            var playlist = UnderstandHls(body, url, address.Cluster, version);
            if (playlist is not null || isManifest) return playlist;
        }

        // JSON and XML need not be manifests.
        var protocol = IsXml(body) ? StreamingProtocol.Dash : StreamingProtocol.Hls;
        return new AuxiliaryDocument(protocol) { Body = body, Version = version, Bytes = body.Length };
    }

    private UpstreamManifest? UnderstandHls(byte[] body, Uri url, string cluster, UInt128 version)
    {
        if (HlsPlaylist.Recognise(body, out _) < 0) return null;
        var from = new ReferenceBase(upstreams.Current, cluster, url);
        if (HlsPlaylist.KindOf(body) != HlsPlaylistKind.Media)
        {
            var ladder = HlsLadderReader.Read(body, from, new HlsVariables(FrozenDictionary<string, string>.Empty, url.Query));
            return new HlsMultivariantPlaylist
            {
                Body = body,
                Version = version,
                Ladder = ladder,
                Variables = HlsVariables.DefinedBy(body, url),
                Bytes = body.Length + (RungBytes * (ladder.Variants.Length + ladder.Renditions.Length)),
            };
        }

        var variables = new HlsVariables(FrozenDictionary<string, string>.Empty, url.Query);
        var timeline = HlsTimeline.Read(body, from, variables);
        return new HlsMediaPlaylist
        {
            Body = body,
            Version = version,
            // A new version of a live playlist appears once in a target duration, give or take half of one (draft-pantos-hls-rfc8216bis, B.1).
            Lifetime = timeline.HasEnd ? null : timeline.TargetDuration / 2,
            Timelines = [timeline],
            Imports = variables.AnyImport,
            Bytes = body.Length + (variables.AnyImport ? 2 : 1) * timeline.SizeBytes,
        };
    }

    private UpstreamManifest UnderstandDash(byte[] body, Uri url, string cluster, UInt128 version)
    {
        if (DashReader.Read(body, upstreams.Current, cluster, url, time.GetUtcNow()) is not { } presentation) return new DashPart { Body = body, Version = version, Bytes = body.Length };
        return new DashMpd
        {
            Body = body,
            Version = version,
            Lifetime = presentation.Lifetime,
            Timelines = [.. presentation.Timelines],
            PatchLocations = presentation.PatchLocations,
            AudioBandwidth = presentation.AudioBandwidth,
            Bytes = body.Length + presentation.Bytes,
        };
    }

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', ..];

    /// <summary>A playlist begins with a number sign, an XML document with an angle bracket, in whatever encoding.</summary>
    private static bool IsXml(ReadOnlySpan<byte> body)
    {
        var text = body.TrimStart("\uFEFF \t\r\n\0"u8);
        return text is [(byte)'<', ..] || body.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || body.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
    }
}
