using System.Runtime.InteropServices;

namespace Gateway.Caching;

/// <summary>What a purge did. Nothing of what it names is found any more, in memory or on disk.</summary>
/// <param name="Removed">Objects removed from memory. Those on disk are not counted: they are dead by a rule, which looks at none of them.</param>
/// <param name="OnDisk">Completes with true when the rule is written and outlives the process, and with false when the disk did not take it in time; null without a disk.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PurgeResult(int Removed, Task<bool>? OnDisk);
