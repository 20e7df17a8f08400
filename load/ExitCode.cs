namespace Gateway.Load;

/// <summary>How the tester ends, so that a script can tell a failed run from a wrong call.</summary>
internal static class ExitCode
{
    public const int Passed = 0;

    /// <summary>The command line, a file or the target cannot be used.</summary>
    public const int WrongUse = 1;

    /// <summary>A threshold, a gate or the tester's own punctuality failed.</summary>
    public const int ThresholdFailed = 2;
}
