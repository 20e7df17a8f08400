using System.Runtime.InteropServices;

namespace Gateway.Caching;

/// <summary>How much memory the process uses, and how much it may use.</summary>
/// <param name="Used">Resident bytes.</param>
/// <param name="Limit">Bytes of the container's limit, or of the machine.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryLoad(long Used, long Limit)
{
    public double Share => Limit > 0 ? (double)Used / Limit : 0;

    /// <summary>As the runtime sees it: <c>TotalAvailableMemoryBytes</c> honours cgroup limits.</summary>
    public static MemoryLoad OfThisProcess() => new(Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
