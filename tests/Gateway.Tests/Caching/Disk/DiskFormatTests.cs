using Gateway.Caching.Disk;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Disk;

/// <summary>The parts that stand by themselves: checksums, heads, footers, keys, the index.</summary>
public sealed class DiskFormatTests
{
    private static readonly RecordHead Head = new()
    {
        Key = new CacheKey(new MediaAddress("origin", "/a/ü", "?x=1"), "host", 7),
        Title = "/a/",
        Head = new ResponseHead(206, [new HeaderLine("ETag", "\"é\ud800\""), new HeaderLine("X", ""), new HeaderLine("X", "2")]),
        FinalUrl = "http://origin/a/ü?x=1",
        Vary = VaryKey.Restore([("Accept", null), ("Accept-Language", "de")], "de"),
        Freshness = new Freshness(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), false, true, true) { IsGuessed = true },
        WrittenAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        AskedIn = 99,
        BodyLength = 12345,
        BodySum = 0xFEDCBA9876543210,
    };

    [Fact]
    public void RecordHead_WrittenAndRead_IsTheSame()
    {
        var bytes = Head.TryWrite(42, 7)!;
        var read = RecordHead.Read(42, 7, bytes)!;
        Assert.Equal((Head.Key, Head.Freshness, Head.WrittenAt, Head.AskedIn), (read.Key, read.Freshness, read.WrittenAt, read.AskedIn));
        Assert.Equal((Head.Title, Head.FinalUrl, Head.BodyLength, Head.BodySum), (read.Title, read.FinalUrl, read.BodyLength, read.BodySum));
        Assert.Equal(Head.Head.Fields.ToArray(), read.Head.Fields.ToArray());
        Assert.Equal(206, read.Head.Status);
        Assert.Equal(Head.Vary.Selected.ToArray(), read.Vary.Selected.ToArray());
        Assert.Equal("de", read.Vary.Language);
        Assert.Equal(bytes.Length, read.Bytes);
        Assert.Null(RecordHead.Read(42, 8, bytes));
        Assert.Null(RecordHead.Read(43, 7, bytes));
    }

    [Fact]
    public void RecordHead_AnyByteChangedOrCut_IsNone()
    {
        var bytes = Head.TryWrite(42, 7)!;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x41;
            Assert.Null(RecordHead.Read(42, 7, bytes));
            bytes[i] ^= 0x41;
            Assert.Null(RecordHead.Read(42, 7, bytes.AsSpan(0, i)));
        }
    }

    [Fact]
    public void RecordHead_SealedOverNonsense_DoesNotThrow()
    {
        var dice = new Lcg(5);
        var bytes = Head.TryWrite(42, 7)!;
        for (var i = 0; i < 2000; i++)
        {
            var copy = bytes.ToArray();
            for (var j = 0; j < 4; j++) copy[16 + dice.Next(copy.Length - 16)] = (byte)dice.Next(256);
            RecordHead.Seal(copy, 42, 7);
            _ = RecordHead.Read(42, 7, copy);
        }
    }

    [Fact]
    public void RecordHead_LargerThanAllowed_IsNotWritten() =>
        Assert.Null((Head with { Head = new ResponseHead(200, [new HeaderLine("X", new string('x', 40_000))]) }).TryWrite(1, 1));

    [Fact]
    public void Footer_WrittenAndRead_IsTheSame()
    {
        DiskPlace[] records = [new(1, 2, 3, 4), new(ulong.MaxValue, uint.MaxValue, 7, 8)];
        var bytes = SlabFooter.Write(42, 9, 17, records);
        var read = SlabFooter.Read(42, bytes)!;
        Assert.Equal((9, 17), (read.Generation, read.End));
        Assert.Equal(records, read.Records);
        for (var i = 0; i < SlabFooter.BytesFor(2); i++)
        {
            bytes[i] ^= 1;
            // The four bytes between the end and the sum are not used.
            if (i is < 32) Assert.Null(SlabFooter.Read(42, bytes));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void Checksum_CutAnywhereAtSixteen_IsTheSame()
    {
        var bytes = CacheFixture.Bytes(1003);
        var whole = Checksum.Of(5, bytes);
        for (var cut = 0; cut < bytes.Length; cut += 16)
        {
            var sum = new Checksum(5);
            sum.Append(bytes.AsSpan(0, cut));
            sum.Append(bytes.AsSpan(cut));
            Assert.Equal(whole, sum.Value);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.NotEqual(whole, Checksum.Of(5, bytes));
            bytes[i] ^= 1;
        }

        Assert.NotEqual(Checksum.Of(5, new byte[10]), Checksum.Of(5, new byte[11]));
    }

    [Fact]
    public void Keys_OfDifferentObjects_Differ()
    {
        var keys = new DiskKeys(new byte[32]);
        var address = new MediaAddress("origin", "/a", "?b");
        var found = new HashSet<ulong>
        {
            keys.Of(new CacheKey(address, "", -1), VaryKey.Any).Variant,
            keys.Of(new CacheKey(address, "", 0), VaryKey.Any).Variant,
            keys.Of(new CacheKey(address, "p", -1), VaryKey.Any).Variant,
            keys.Of(new CacheKey(new MediaAddress("origin", "/a?b", ""), "", -1), VaryKey.Any).Variant,
            keys.Of(new CacheKey(new MediaAddress("origin/", "a", "?b"), "", -1), VaryKey.Any).Variant,
            keys.Of(new CacheKey(address, "", -1), VaryKey.Restore([("X", null)], null)).Variant,
            keys.Of(new CacheKey(address, "", -1), VaryKey.Restore([("X", "")], null)).Variant,
            new DiskKeys([.. Enumerable.Repeat((byte)1, 32)]).Of(new CacheKey(address, "", -1), VaryKey.Any).Variant,
        };
        Assert.Equal(8, found.Count);
        Assert.Equal(keys.AddressOf(address), keys.Of(new CacheKey(address, "p", 3), VaryKey.Any).Address);
    }

    [Fact]
    public void Index_AgainstADictionary_AgreesAfterEveryStep()
    {
        var index = new DiskIndex();
        var model = new Dictionary<(ulong, uint), DiskPlace>();
        var dice = new Lcg(11);
        for (var i = 0; i < 20_000; i++)
        {
            var place = new DiskPlace((ulong)dice.Next(3000) << 20, (uint)dice.Next(2), (uint)i + 1, (uint)dice.Next(9) + 1);
            if (dice.Next(4) > 0)
            {
                index.Set(place);
                model[(place.Object, place.Variant)] = place;
            }
            else
            {
                index.TryRemove(place.Object, place.Variant, out _);
                model.Remove((place.Object, place.Variant));
            }

            if (i % 4000 == 3999)
            {
                var gone = model.Values.Where(p => p.Block < i - 2000).ToArray();
                Assert.Equal(gone.Length, index.RemoveIn(0, (uint)(i - 2000)));
                foreach (var one in gone) model.Remove((one.Object, one.Variant));
            }
        }

        Assert.Equal(model.Count, index.Count);
        Assert.Equal(model.Values.Sum(p => (long)p.Blocks) * SlabLayout.Block, index.Bytes);
        Span<DiskPlace> found = stackalloc DiskPlace[4];
        foreach (var place in model.Values)
        {
            var places = found[..index.Find(place.Object, found)].ToArray();
            Assert.Contains(places, p => p with { Slot = 0 } == place);
            Assert.All(places, p => Assert.Equal(p with { Slot = 0 }, model[(p.Object, p.Variant)]));
        }
    }

    [Fact]
    public void Index_OfManyAtOnce_IsAsOneByOne()
    {
        var dice = new Lcg(12);
        // Some twice within a few, and with several variants; the number is none that batches divide.
        var places = new DiskPlace[10_007];
        for (var i = 0; i < places.Length; i++) places[i] = new DiskPlace((ulong)dice.Next(2000) << 20, (uint)dice.Next(3), (uint)i + 1, (uint)dice.Next(9) + 1);
        var (together, single) = (new DiskIndex(), new DiskIndex());
        together.SetAll(places.AsSpan(0, 5000));
        together.SetAll(places.AsSpan(5000));
        foreach (var place in places) single.Set(place);
        Assert.Equal((single.Count, single.Bytes), (together.Count, together.Bytes));
        var (left, right) = (new DiskPlace[4], new DiskPlace[4]);
        for (ulong id = 0; id < 2000; id++) Assert.Equal(right[..single.Find(id << 20, right)], left[..together.Find(id << 20, left)]);
    }

    [Fact]
    public void Index_OfAMillionObjects_TakesFortyBytesEachAtMost()
    {
        var index = new DiskIndex();
        for (ulong i = 1; i <= 1_000_000; i++) index.Set(new DiskPlace(i * 0x9E3779B97F4A7C15, 0, (uint)i, 1));
        Assert.InRange(index.OwnBytes / 1_000_000.0, 28, 40);
    }

    [Fact]
    public void Index_UsedAndMoved_KeepsItsCell()
    {
        var index = new DiskIndex();
        var slot = index.Set(new DiskPlace(1, 1, 10, 1));
        Assert.True(index.TryTouch(slot, 1));
        Assert.False(index.TryTouch(slot, 2));
        Assert.False(index.TryTouch(1 << 20, 1));
        var used = Assert.Single(index.UsedIn(0, 20));
        Assert.True(index.TryMove(used, 30));
        Assert.False(index.TryMove(used, 40));
        Assert.Empty(index.UsedIn(0, 50));
        Assert.Equal(0, index.RemoveIn(0, 20));
        Assert.True(index.TryTouch(slot, 1));
        Assert.Equal(1, index.RemoveIn(20, 50));
        Assert.False(index.TryTouch(slot, 1));
    }

    [Fact]
    public void Index_ManyVariantsOfOneObject_KeepsTheNewest()
    {
        var index = new DiskIndex();
        index.Set(new DiskPlace(0x500000, 1, 1, 1));
        for (uint variant = 0; variant < 1000; variant++) index.Set(new DiskPlace(0x400000, variant, 10 + variant, 1));
        Assert.Equal(DiskIndex.MostVariants + 1, index.Count);
        var places = new DiskPlace[20];
        Assert.Equal(DiskIndex.MostVariants, index.Find(0x400000, places));
        Assert.Equal(Enumerable.Range(1000 - DiskIndex.MostVariants, DiskIndex.MostVariants), places[..DiskIndex.MostVariants].Select(p => (int)p.Variant).Order());
        Assert.True(index.Contains(0x500000));
        Assert.Equal((DiskIndex.MostVariants + 1L) * SlabLayout.Block, index.Bytes);
    }

    [Fact]
    public void Rules_MoreThanThereIsSpaceFor_PurgeEverything()
    {
        using var folder = new DiskFolder();
        using var file = StateFile.Open(new DiskFiles(folder.Path), DiskFixture.Small);
        var rules = new Invalidations(file, DiskFixture.Small);
        var before = rules.Next();
        var key = new CacheKey(new MediaAddress("origin", "/kept", ""), "", -1);
        for (var i = 0; i < Invalidations.MostRules; i++) rules.Purge(null, $"/a/{i}/");
        Assert.False(rules.IsDead(key, 0, before));
        rules.Purge(null, "/b/");
        rules.Save();
        Assert.True(rules.IsDead(key, 0, before));
        var after = rules.Next();
        Assert.False(rules.IsDead(key, 0, after));
        Assert.True(new Invalidations(file, DiskFixture.Small).IsDead(key, 0, before));
    }

    [Fact]
    public void Numbers_AfterARestart_AreHigherThanAnyBefore()
    {
        using var folder = new DiskFolder();
        long last = 0;
        for (var i = 0; i < 3; i++)
        {
            using var file = StateFile.Open(new DiskFiles(folder.Path), DiskFixture.Small);
            Assert.Equal(i == 0, file.IsNew);
            var rules = new Invalidations(file, DiskFixture.Small);
            var next = rules.Next();
            Assert.True(next > last);
            for (var j = 0; j < 700_000; j++) last = rules.Next();
        }
    }
}
