namespace Gateway.Origin;

/// <summary>
/// Whether one destination seems dead, from one viewer's requests on: long before there is evidence enough for its circuit. One missing connection, or two requests in a row that others had
/// to answer, raise the doubt; any answer ends it. A doubted destination is asked last for a pause, and then one request tries it; the pause doubles as long as none is answered.
/// Thread-safe; the gate protects all state.
/// </summary>
internal sealed class DestinationDoubt
{
    /// <summary>Requests in a row that are not answered in time. One in twenty that is late must not move all viewers.</summary>
    private const int Enough = 2;

    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly Lock _gate = new();
    private int _unanswered;
    private TimeSpan _pause;
    private TimeSpan _until;

    /// <summary>Whether other destinations go first now.</summary>
    /// <param name="now">Of a clock that only moves forward.</param>
    public bool IsRaised(TimeSpan now)
    {
        lock (_gate) return _pause > TimeSpan.Zero && now < _until;
    }

    /// <summary>A request was not answered in time, or a body fell silent.</summary>
    /// <returns>True when this raised the doubt.</returns>
    public bool Unanswered(TimeSpan now, bool isCertain)
    {
        lock (_gate)
        {
            _unanswered = isCertain ? Enough : Math.Min(_unanswered + 1, Enough);
            if (_unanswered < Enough || _pause > TimeSpan.Zero) return false;
            _pause = FirstPause;
            _until = now + _pause;
            return true;
        }
    }

    /// <summary>An answer came.</summary>
    /// <returns>True when this ended the doubt.</returns>
    public bool Answered()
    {
        lock (_gate)
        {
            _unanswered = 0;
            if (_pause == TimeSpan.Zero) return false;
            _pause = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>A request goes to the destination. The first one after the pause is its trial: the others stay away until that is answered, or for the next pause.</summary>
    public void Asked(TimeSpan now)
    {
        lock (_gate)
        {
            if (_pause == TimeSpan.Zero || now < _until) return;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _until = now + _pause;
        }
    }
}
