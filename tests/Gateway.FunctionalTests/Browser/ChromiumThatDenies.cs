namespace Gateway.FunctionalTests.Browser;

/// <summary>Chromium with a fake camera that nobody has allowed a page to use, and with a name of this machine that is no secure origin.</summary>
public sealed class ChromiumThatDenies : Chromium
{
    public const string InsecureHost = "capture.test";

    protected override string[] More => ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny", $"--host-resolver-rules=MAP {InsecureHost} 127.0.0.1"];
}
