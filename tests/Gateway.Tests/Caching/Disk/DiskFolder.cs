namespace Gateway.Tests.Caching.Disk;

/// <summary>A folder of a test's own, removed at its end.</summary>
internal sealed class DiskFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gateway-disk-").FullName;

    /// <summary>The files as they are at this moment: what a killed process leaves, for what it has written lies with the system.</summary>
    public DiskFolder Copy()
    {
        var copy = new DiskFolder();
        foreach (var file in Directory.EnumerateFiles(Path)) CopyFile(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        return copy;
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Changes one byte of a file.</summary>
    public void Flip(string name, long offset)
    {
        using var file = new FileStream(File(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        var old = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(old ^ 0x5A));
    }

    public void Cut(string name, long length)
    {
        using var file = new FileStream(File(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.SetLength(length);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>The lock's file is locked against reading; it is empty.</summary>
    private static void CopyFile(string from, string to)
    {
        if (System.IO.Path.GetFileName(from) == "lock") return;
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(target);
    }
}
