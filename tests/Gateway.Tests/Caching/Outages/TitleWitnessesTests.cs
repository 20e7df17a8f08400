using System.Globalization;
using Gateway.Caching.Outages;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Outages;

public sealed class TitleWitnessesTests
{
    private static readonly OutageKey Film = new("origin", "/film/");

    private readonly TitleWitnesses _witnesses = new();

    [Fact]
    public void Title_OfWhichNothingCame_HasNone() => Assert.Null(_witnesses.Find(Film, Key("/film/seg1")));

    [Fact]
    public void Object_ThatFails_IsNotItsOwnWitness()
    {
        _witnesses.Note(Film, Key("/film/seg1"));
        Assert.Null(_witnesses.Find(Film, Key("/film/seg1")));
        _witnesses.Note(Film, Key("/film/seg2"));
        _witnesses.Note(Film, Key("/film/seg2"));
        Assert.Equal(Key("/film/seg1"), _witnesses.Find(Film, Key("/film/seg2")));
        Assert.Equal(Key("/film/seg2"), _witnesses.Find(Film, Key("/film/seg3")));
    }

    [Fact]
    public void Slices_OfOneFile_AreWitnessesOfEachOther()
    {
        _witnesses.Note(Film, Key("/film/whole.mp4", 3));
        Assert.Equal(Key("/film/whole.mp4", 3), _witnesses.Find(Film, Key("/film/whole.mp4", 4)));
    }

    /// <summary>Folders that a client finds by the thousand push out others like them, and none that is played.</summary>
    [Fact]
    public void Titles_BeyondTheMost_PushOutThoseThatNobodyPlays()
    {
        _witnesses.Note(Film, Key("/film/seg1"));
        _witnesses.Note(new OutageKey("origin", "/left/"), Key("/left/seg1"));
        for (var i = 0; i < 5 * TitleWitnesses.Most; i++)
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/found{i}/");
            _witnesses.Note(new OutageKey("origin", folder), Key(folder + "seg1"));
            if (i % 1000 == 0) _witnesses.Note(Film, Key(string.Create(CultureInfo.InvariantCulture, $"/film/seg{i}")));
        }

        Assert.NotNull(_witnesses.Find(Film, Key("/film/other")));
        Assert.Null(_witnesses.Find(new OutageKey("origin", "/left/"), Key("/left/other")));
        Assert.InRange(_witnesses.Count, 1, 2 * TitleWitnesses.Most);
    }

    private static CacheKey Key(string path, long slice = CacheKey.Whole) => new(new MediaAddress("origin", path, string.Empty), string.Empty, slice);
}
