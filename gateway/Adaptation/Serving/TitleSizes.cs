using Gateway.Adaptation.Ladders;
using Gateway.Media;
using Microsoft.Extensions.Caching.Memory;

namespace Gateway.Adaptation.Serving;

/// <summary>The learnt sizes of the titles that are watched; those that nobody watches for half an hour are forgotten.</summary>
internal sealed class TitleSizes : IDisposable
{
    private const int MostTitles = 2000;

    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(30);

    private readonly MemoryCache _titles = new(new MemoryCacheOptions { SizeLimit = MostTitles });

    /// <summary>The sizes of a ladder.</summary>
    /// <param name="manifest">Where it stands.</param>
    /// <param name="rungs">How many rungs it has: another number is another ladder.</param>
    public LearnedSizes Of(MediaAddress manifest, int rungs) =>
        _titles.GetOrCreate((manifest, rungs), entry =>
        {
            entry.Size = 1;
            entry.SlidingExpiration = Forgotten;
            return new LearnedSizes(rungs);
        })!;

    public void Dispose() => _titles.Dispose();
}
