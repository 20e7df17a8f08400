namespace Gateway.Tests.Caching;

internal static class Deadline
{
    /// <summary>Bound of every wait, far beyond what any step takes, so that a hang becomes a failure.</summary>
    public static readonly TimeSpan Value = TimeSpan.FromMinutes(2);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Value);

    /// <summary>Waits until another thread has made a condition true.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Value, TimeProvider.System);
        var looked = 0;
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            // Mostly it is a matter of microseconds; where it is not, the processor belongs to the other thread.
            if (looked++ < 100) await Task.Yield();
            else await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
