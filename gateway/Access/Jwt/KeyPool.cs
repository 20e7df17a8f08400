namespace Gateway.Access.Jwt;

/// <summary>
/// Instances of one public key, because RSA and ECDsa objects are not documented as safe for parallel use and a lock would make all callers wait for a sender of forgeries.
/// </summary>
/// <remarks>
/// Never waits: when all are in use, one more is loaded, and thrown away afterwards if there are as many as processors already. Thread-safe; a renter returns what it rented once.
/// </remarks>
internal sealed class KeyPool<TKey>(Func<TKey> load)
    where TKey : class, IDisposable
{
    private readonly TKey?[] _idle = new TKey?[Environment.ProcessorCount];

    public TKey Rent()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.Exchange(ref _idle[i], null) is { } key) return key;
        }

        return load();
    }

    public void Return(TKey key)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _idle[i], key, null) is null) return;
        }

        key.Dispose();
    }
}
