using System.Runtime;

namespace Gateway.Warmup;

/// <summary>Waits until the just-in-time compiler has done what it was asked.</summary>
internal static class CompilerRest
{
    /// <summary>The compiler is looked at so often. It rests when nothing was compiled between some looks in a row, which are together longer than the delay after which it begins to count calls (Gateway.csproj).</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private const int RestingLooks = 3;

    /// <returns>How many methods it has compiled since the process began.</returns>
    public static async Task<long> WaitAsync(TimeProvider time, CancellationToken cancel)
    {
        var compiled = JitInfo.GetCompiledMethodCount();
        for (var resting = 0; resting < RestingLooks;)
        {
            await Task.Delay(s_look, time, cancel);
            var now = JitInfo.GetCompiledMethodCount();
            resting = now == compiled ? resting + 1 : 0;
            compiled = now;
        }

        return compiled;
    }
}
