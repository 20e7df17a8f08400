using Gateway.Testing;

namespace Gateway.Tests.Docs;

/// <summary>
/// A file of the repository that is made from the code. A test compares it with what the code says today; <c>tests/docs</c> runs the same tests with
/// <c>GATEWAY_WRITE_DOCS=1</c>, and then they write the file instead.
/// </summary>
internal static class GeneratedPage
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1";

    /// <param name="path">Path from the root of the repository, with slashes.</param>
    /// <param name="text">What it has to say, to the last line end.</param>
    public static void Hold(string path, string text)
    {
        var file = Path.Combine(Repository.Root, path);
        if (IsWriting)
        {
            if (!File.Exists(file) || File.ReadAllText(file) != text) File.WriteAllText(file, text);
            return;
        }

        Assert.True(File.Exists(file), $"{path} is missing. Run tests/docs.");
        var held = File.ReadAllText(file);
        if (held == text) return;
        var line = held.Split('\n').Zip(text.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"{path} is not what the code says, from line {line + 1}. Run tests/docs.\n  file: {LineAt(held, line)}\n  code: {LineAt(text, line)}");
    }

    private static string LineAt(string text, int line) => text.Split('\n').ElementAtOrDefault(line) ?? "(ended)";
}
