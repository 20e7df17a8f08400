namespace Gateway.Caching;

/// <content>What happens when nobody reads any more: it lingers for those who come back, or is given up.</content>
internal sealed partial class SharedFetch
{
    /// <summary>It has lingered as long as it may, or may no longer.</summary>
    public void LingeredEnough()
    {
        _parts.Lingering.Forget(this);
        GiveUpIfDeserted();
    }

    /// <summary>Called by the body when its last reader left, on that reader's thread.</summary>
    private void OnDeserted()
    {
        if (Unattended && (_kept || !_head.Task.IsCompleted)) return;
        if (!TryLinger()) GiveUpIfDeserted();
    }

    /// <summary>Goes on for those who may come back; only where they find it: waiting on its shelf, or kept.</summary>
    private bool TryLinger() =>
        _terms.HasFlag(FetchTerms.Joinable)
        && (_kept || !_head.Task.IsCompleted)
        && _parts.Budget.Pressure != CachePressure.Critical
        && _parts.Lingering.TryKeep(this);

    /// <summary>Upstream would be asked once more: not for nobody. From then on nobody joins.</summary>
    private bool IsNotWorthAnotherTry() => !Unattended && GiveUpIfDeserted();

    private bool GiveUpIfDeserted()
    {
        if (!Body.TryClose(mostIsEnough: _kept)) return false;
        LeaveShelf();
        try
        {
            _ = _cancel.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It came to its end in the same moment.
        }

        return true;
    }
}
