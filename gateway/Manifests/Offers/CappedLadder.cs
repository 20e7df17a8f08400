using Gateway.Timelines;

namespace Gateway.Manifests.Offers;

/// <summary>What a manifest offers under a bitrate limit, together with the shortened manifest itself.</summary>
internal sealed record CappedLadder : LadderOffer
{
    private const long AddressBytes = 256;

    /// <summary>The ladder without what is left out; null where that is nothing.</summary>
    public SharedBody? Body { get; init; }

    /// <summary>Approximate memory in bytes.</summary>
    public long Bytes => 256 + (Body is null ? 0 : Body.Bytes.Length + Body.CodedBytes) + TimelineBytes + (AddressBytes * (Shown.Count + Withheld.Count));
}
