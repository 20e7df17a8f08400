using System.Runtime.InteropServices;

namespace Gateway.Caching.Store;

/// <summary>A lease on an entry in a slot, before a reply is made of it.</summary>
/// <param name="Reader">The reader of a body that is still arriving; null when it is complete.</param>
/// <param name="At">When it was taken, by the cache's clock.</param>
/// <param name="IsStale">Served although stale: it is to be revalidated in the background.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SlotLease(CacheEntry Entry, BodyReader? Reader, TimeSpan At, bool IsStale);
