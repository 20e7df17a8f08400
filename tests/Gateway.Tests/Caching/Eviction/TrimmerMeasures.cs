using System.Diagnostics.Metrics;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Eviction;

/// <summary>Sizes of the objects that trimming is tested with, and what the process holds besides.</summary>
public abstract class TrimmerMeasures
{
    /// <summary>An object of one large block, with its overhead: 15 of them are just below a mebibyte.</summary>
    private protected const int Piece = BodyBlockPool.Large;

    private protected const int Cost = Piece + CacheEntry.Overhead;

    private protected static bool Holds(CacheFixture fixture, int i) => fixture.Cache.Holds(CacheFixture.Request($"/t{i}/seg").Address);

    private protected sealed class Evictions : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Evictions(CacheFixture fixture)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "gateway.cache.evictions" && fixture.Metrics.Owns(instrument)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                for (var i = 0; i < count; i++) Reasons.Add((string)tags[0].Value!);
            });
            _listener.Start();
        }

        public List<string> Reasons { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
