namespace Gateway.Origin;

/// <summary>
/// Bounds second requests to a share of the first ones: an origin that is slow because it has too much to do must not get twice as much. Each request earns a part of a second one, up to
/// a small reserve for the moment in which a destination dies.
/// </summary>
/// <param name="share">Second requests for each first one, 0 to 1.</param>
internal sealed class HedgeBudget(double share)
{
    /// <summary>Most second requests at once after a quiet time.</summary>
    public const double Reserve = 10;

    private readonly Lock _gate = new();
    private double _left = share > 0 ? Reserve : 0;

    /// <summary>A first request was sent.</summary>
    public void Earn()
    {
        lock (_gate) _left = Math.Min(share > 0 ? Reserve : 0, _left + share);
    }

    /// <summary>Takes a second request out; false when there is none left.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_left < 1) return false;
            _left--;
            return true;
        }
    }
}
