using System.Diagnostics.CodeAnalysis;
using Gateway.Media;

namespace Gateway.Caching.Outages;

/// <summary>
/// Of each title the segment that upstream gave last. Where another one of it fails, this one tells a broken segment from an origin that is away.
/// </summary>
/// <remarks>Thread-safe. Where there are more titles than are kept, all are forgotten: who plays brings them back with the next segment.</remarks>
internal sealed class TitleWitnesses
{
    private const int Most = 8192;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Cluster, string Title), MediaAddress> _last = [];

    public void Note(string cluster, string title, MediaAddress address)
    {
        lock (_gate)
        {
            if (_last.Count >= Most && !_last.ContainsKey((cluster, title))) _last.Clear();
            _last[(cluster, title)] = address;
        }
    }

    public bool TryFind(string cluster, string title, [MaybeNullWhen(false)] out MediaAddress address)
    {
        lock (_gate) return _last.TryGetValue((cluster, title), out address);
    }
}
