namespace Gateway.Benchmarks.SharedWrites;

/// <summary>Numbers the sites; used by the threads that rewrite assemblies.</summary>
internal sealed class WriteSites
{
    private readonly Lock _lock = new();
    private readonly Dictionary<WriteSite, int> _numbers = [];
    private readonly List<WriteSite> _sites = [];

    public WriteSite this[int number] => _sites[number];

    public int Count => _sites.Count;

    /// <summary>The number of a site; several instructions of a method that write the same are one site.</summary>
    /// <exception cref="InvalidOperationException">The table has no room for the number.</exception>
    public int NumberOf(WriteSite site)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(site, out var number)) return number;
            number = _sites.Count;
            if (number > WriteTable.LastSite) throw new InvalidOperationException("There are more sites than the table has numbers for.");
            _sites.Add(site);
            _numbers.Add(site, number);
            return number;
        }
    }
}
