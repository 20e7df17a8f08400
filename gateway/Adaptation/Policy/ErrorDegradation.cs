namespace Gateway.Adaptation.Policy;

/// <summary>
/// Lower quality after segment errors (S1.48): the error after <see cref="AdaptationOptions.ErrorsBeforeDowngrade"/> takes a rung away and begins the count anew; so much time without
/// an error forgets the count and gives one rung back at a time, so that an origin that fails now and then does not make the quality swing.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class ErrorDegradation(int errorsBefore, TimeSpan recovery)
{
    private int _errors;
    private TimeSpan _calmSince;

    /// <summary>Rungs taken away from the top of what the session would have.</summary>
    public int Steps { get; private set; }

    /// <summary>A segment failed.</summary>
    /// <param name="at">When.</param>
    /// <param name="isLowest">There is no lower rung: the count begins anew and nothing is taken (S1.49).</param>
    /// <returns>Whether a rung was taken away.</returns>
    public bool Failed(TimeSpan at, bool isLowest)
    {
        Recover(at);
        _calmSince = at;
        if (++_errors <= errorsBefore) return false;
        _errors = 0;
        if (isLowest) return false;
        Steps++;
        return true;
    }

    /// <summary>Gives back what time has healed.</summary>
    /// <returns>Whether a rung was given back.</returns>
    public bool Recover(TimeSpan at)
    {
        if ((_errors == 0 && Steps == 0) || at - _calmSince < recovery) return false;
        _errors = 0;
        _calmSince = at;
        if (Steps == 0) return false;
        Steps--;
        return true;
    }
}
