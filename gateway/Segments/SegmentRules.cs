using Gateway.Caching;

namespace Gateway.Segments;

/// <summary>How media objects are kept: by upstream's word, and for an hour where it says nothing, since published media do not change.</summary>
internal static class SegmentRules
{
    public static StorageRules Shared { get; } = new() { DefaultLifetime = TimeSpan.FromHours(1) };
}
