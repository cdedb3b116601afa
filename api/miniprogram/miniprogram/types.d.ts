interface Sentence { text: string; cites: number[] }
interface Block { kind: "paragraph" | "list" | "steps" | "table" | "notice"; title: string; tone: string; items: Sentence[][] }
interface Citation {
  n: number; law: string; title: string; article: string; place: string; edition: string; status: string;
  in_force_from: string; quote: string; source: "text" | "digest" | "guide"; verified: boolean; topic: string;
}
interface Clarify { slot: string; question: string; options: { label: string; ask: string }[] }
interface Message {
  message_id?: string; conversation_id?: string; ai_generated?: boolean; maker?: string; release?: string; date?: string;
  outcome?: string; status?: string; blocks: Block[]; citations: Citation[]; clarify?: Clarify | null; followups: string[]; withheld?: number; ms?: number;
}
interface Problem { status: number; title: string; detail: string; retryAfter?: number }
interface Turn {
  id: string; question: string; state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  progress: string; message: Message; problem: Problem | null; wait: number; rating: number;
}
interface Conversation { id: string; conversation_id: string | null; title: string; at: string; turns: Turn[] }
interface AppData { citation: Citation | null; conversation: Conversation | null; question: string; subject: { text: string; message: string } | null }
interface Shezu { globalData: AppData; ask(question: string): void }
interface Reply { status: number; headers: Record<string, string>; text: string }
interface Question {
  question: string; conversation_id: string | null; history: string[]; audience: "applicant"; date?: string; region?: string;
}
interface Office { name: string; region: string; address: string; hours: string; phones: string[]; portal: string; supervision: string; note: string }
interface Inquiry { number: number; created: string; text: string; message_id: string; reply: string; replied: string | null }
