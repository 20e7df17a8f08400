namespace TranscoderStub.JustInTime;

/// <summary>When an encoder works and when it stands still: not too far ahead, and not while others wait for what is asked for now.</summary>
internal sealed class EncoderPacing(EncoderRuns runs, EncoderServices services)
{
    // Longest time for which an encoder stands still within one segment because others wait: someone's stuck source must not stop everybody's lead.
    private static readonly TimeSpan s_longestGivingWay = TimeSpan.FromSeconds(2);

    /// <summary>Waits while the encoder is far enough ahead; false when it shall end.</summary>
    public async Task<bool> MayGoOnAsync(EncoderRun run, int segment)
    {
        while (true)
        {
            if (runs.MayGoOn(run, segment, out var demand) is { } answer) return answer;
            if (services.Slots.Queued > 0 && runs.TryStop(run)) return false;
            try
            {
                await demand.WaitAsync(services.Encoding.IdleTimeout, services.Time, run.Stopping);
            }
            catch (TimeoutException)
            {
                if (runs.TryEnd(run)) return false;
            }
        }
    }

    /// <summary>What is asked between the packets of a segment: an encoder that nobody waits for lets the others have the processors.</summary>
    public Func<ValueTask> GivingWay(EncoderRun run)
    {
        var until = services.Time.GetUtcNow() + s_longestGivingWay;
        return () => services.Demand.IsWaiting ? GiveWayAsync(run, until) : ValueTask.CompletedTask;
    }

    private async ValueTask GiveWayAsync(EncoderRun run, DateTimeOffset until)
    {
        while (services.Demand.IsWaiting && until - services.Time.GetUtcNow() is var left && left > TimeSpan.Zero && runs.TryRest(run, out var demand))
        {
            // Those who wait may wait for this one's place; stopping it ends the wait below.
            if (services.Slots.Queued > 0) runs.TryStop(run);
            Task change = Task.WhenAny(demand, services.Demand.CalmAsync());
            await change.WaitAsync(left, services.Time, run.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            run.Stopping.ThrowIfCancellationRequested();
        }

        runs.GoOn(run);
    }
}
