namespace Gateway.Benchmarks.SharedWrites;

/// <summary>What the requests of the four turns wrote, by site and owner.</summary>
internal sealed class WriteFigures(WriteSites sites, int requests)
{
    private const ulong LineBytes = 64;

    private readonly Dictionary<ulong, WriteAddress> _addresses = [];
    private readonly List<(ulong Address, int Site, long Writes)> _writes = [];

    public void Add(int turn, List<WriteRecord> records)
    {
        foreach (var record in records)
        {
            var at = WriteTable.AddressOf(record);
            if (!_addresses.TryGetValue(at, out var address)) _addresses.Add(at, address = new WriteAddress());
            _writes.Add((at, WriteTable.SiteOf(record), address.Add(turn, record)));
        }
    }

    /// <summary>Operations of a request by kind and owner.</summary>
    public Dictionary<(WriteKind Kind, WriteOwner Owner), double> Sums() =>
        _writes.GroupBy(w => (sites[w.Site].Kind, OwnerOf(w.Address))).ToDictionary(g => g.Key, g => g.Sum(w => w.Writes) / (double)requests);

    /// <summary>The sites, most writes first: what writes, to whose memory, how often in a request, to how many addresses.</summary>
    public IEnumerable<(WriteSite Site, WriteOwner Owner, double InARequest, int Addresses)> Sites() =>
        _writes.GroupBy(w => (w.Site, Owner: OwnerOf(w.Address)))
            .Select(g => (sites[g.Key.Site], g.Key.Owner, g.Sum(w => w.Writes) / (double)requests, g.Select(w => w.Address).Distinct().Count()))
            .OrderByDescending(s => s.Item3);

    /// <summary>Lines of memory on which several cores or threads have something of their own: each takes the line from the others, though no address is shared.</summary>
    public int FalselyShared() =>
        _addresses.Where(a => a.Value.OwnerIn(requests) == WriteOwner.Core).GroupBy(a => a.Key / LineBytes).Count(line => line.Select(a => a.Value.OwnNumber).Distinct().Count() > 1);

    private WriteOwner OwnerOf(ulong address) => _addresses[address].OwnerIn(requests);
}
