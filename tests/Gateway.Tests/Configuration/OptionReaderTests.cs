using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

public sealed class OptionReaderTests
{
    [Fact]
    public void Read_GoodValues_FillsOptions()
    {
        var (options, errors) = Read(("Wait", "00:00:05"), ("Count", "7"), ("Names:0", "a"), ("Names:1", "b"), ("Mode", "second"));
        Assert.Empty(errors);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Wait);
        Assert.Equal(7, options.Count);
        Assert.Equal(["a", "b"], options.Names);
        Assert.Equal(SampleMode.Second, options.Mode);
    }

    [Fact]
    public void Read_SeveralWrongValues_ReportsAllWithKeyValueAndAllowed()
    {
        var (_, errors) = Read(("Wait", "soon"), ("Count", "100"), ("Mode", "third"), ("Cuont", "1"));
        Assert.Collection(
            errors,
            e => Assert.Equal("S:Wait: 'soon' is not a time span such as 00:00:30. Write it as hours:minutes:seconds, for example 00:00:30. Remove the key for the default (00:00:01).", e),
            e => Assert.Equal("S:Count: '100' is not allowed. Allowed: 1 to 10. Remove the key for the default (3).", e),
            e => Assert.Equal("S:Mode: 'third' is not one of the names. Allowed: First, Second. Remove the key for the default (First).", e),
            e => Assert.Equal("S:Cuont: there is no such knob. Known here: Wait, Count, Names, Mode, Keys, KeyOf, Key.", e));
    }

    [Fact]
    public void Read_ListWithoutAnIndex_SaysWhatToWriteAndRepeatsNothing()
    {
        var (_, errors) = Read(("Names", "secret"));
        Assert.Equal("S:Names is a list. Write its entries one by one: S:Names:0, S:Names:1 (in the environment S__Names__0).", Assert.Single(errors));
    }

    [Fact]
    public void Read_EmptyValue_KeepsDefault()
    {
        var (options, errors) = Read(("Count", ""));
        Assert.Empty(errors);
        Assert.Equal(3, options.Count);
    }

    [Fact]
    public void Read_EmptyListInOneSourceElementsInAnother_TakesTheElements()
    {
        var (options, errors) = Read(("Names", ""), ("Names:0", "a"));
        Assert.Empty(errors);
        Assert.Equal(["a"], options.Names);
    }

    [Fact]
    public void Read_SecretInTheWrongPlace_IsNotRepeated()
    {
        var (_, errors) = Read(("Keys", "00112233445566778899aabbccddeeff"), ("KeyOf", "bearer-of-somebody"), ("Key:oops", "secret-of-somebody"));
        Assert.Equal(3, errors.Count);
        Assert.DoesNotContain(errors, e => e.Contains("0011", StringComparison.Ordinal) || e.Contains("somebody", StringComparison.Ordinal));
    }

    /// <summary>A new knob with a secret is one of them by its name, and would otherwise be printed with the first slip of somebody's finger.</summary>
    [Fact]
    public void Options_SecretKnobs_AreMarked()
    {
        var unmarked = typeof(Gateway.Program).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Namespace?.StartsWith("Gateway.", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetProperties())
            .Where(p => p.CanWrite && p.PropertyType != typeof(bool) && p.PropertyType != typeof(int) && p.PropertyType != typeof(TimeSpan))
            .Where(p => new[] { "Key", "Keys", "Secret", "Password", "Token" }.Any(word => p.Name.EndsWith(word, StringComparison.Ordinal)))
            .Where(p => !p.IsDefined(typeof(SecretAttribute), inherit: false))
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}");
        Assert.Empty(unmarked);
    }

    private static (SampleOptions Options, IReadOnlyList<string> Errors) Read(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create($"S:{v.Key}", (string?)v.Value)))
            .Build();
        var reader = new OptionReader(configuration.GetSection("S"));
        var options = new SampleOptions();
        reader.Read(options);
        return (options, reader.Errors);
    }

    internal enum SampleMode
    {
        First,
        Second,
    }

    internal sealed class SampleOptions
    {
        public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(1);

        [Range(1, 10)]
        public int Count { get; set; } = 3;

        public string[] Names { get; set; } = [];

        public SampleMode Mode { get; set; }

        [Secret]
        public string[] Keys { get; set; } = [];

        [Secret]
        public Dictionary<string, string> KeyOf { get; set; } = [];

        [Secret]
        public string Key { get; set; } = "";
    }
}
