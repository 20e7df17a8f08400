using Gateway.Connections.Sending;

namespace Gateway.Tests.Connections.Sending;

/// <summary>Leases that are counted: how many are held, how many were ever taken, and whether one was released twice.</summary>
internal sealed class CountedLeases
{
    private int _held;
    private int _taken;
    private int _releasedTwice;

    public int Held => Volatile.Read(ref _held);

    public int Taken => Volatile.Read(ref _taken);

    public int ReleasedTwice => Volatile.Read(ref _releasedTwice);

    public ByteLease Take()
    {
        Interlocked.Increment(ref _held);
        Interlocked.Increment(ref _taken);
        return new ByteLease(new Hold(this), static hold => ((Hold)hold).Release());
    }

    private sealed class Hold(CountedLeases leases)
    {
        private int _isReleased;

        public void Release()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) != 0) Interlocked.Increment(ref leases._releasedTwice);
            Interlocked.Decrement(ref leases._held);
        }
    }
}
